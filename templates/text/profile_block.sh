if [ -r {{ENV}} ]; then . {{ENV}}; fi

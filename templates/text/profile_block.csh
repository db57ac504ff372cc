if ( -r {{ENV}} ) source {{ENV}}

if test -r {{ENV}}; source {{ENV}}; end

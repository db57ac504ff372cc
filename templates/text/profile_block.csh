# >>> mqhome >>>
# Added by mqinstall, which also removes it ({{RECORD}}).
if ( -r {{ENV}} ) source {{ENV}}{{END}}
# <<< mqhome <<<

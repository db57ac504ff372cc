# mqhome: programs and C library for csh and tcsh. Adds each entry once.
if ( ":${PATH}:" !~ "*:"{{BIN}}":*" ) setenv PATH {{BIN}}":${PATH}"
if ( ! $?LD_LIBRARY_PATH ) setenv LD_LIBRARY_PATH ""
if ( "${LD_LIBRARY_PATH}" == "" ) then
    setenv LD_LIBRARY_PATH {{LIB}}
else if ( ":${LD_LIBRARY_PATH}:" !~ "*:"{{LIB}}":*" ) then
    setenv LD_LIBRARY_PATH "${LD_LIBRARY_PATH}:"{{LIB}}
endif

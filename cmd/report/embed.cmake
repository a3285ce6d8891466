# The page of --report as C: what stands before its data, and what behind. Run by the build with
# -DPAGE=directory -DOUTPUT=file.c.
set(scripts words runs chart table head pointing page)

file(READ ${PAGE}/page.html page)
file(READ ${PAGE}/page.css style)
set(script "")
foreach(name IN LISTS scripts)
    file(READ ${PAGE}/${name}.js part)
    string(APPEND script "${part}\n")
endforeach()
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")
string(FIND "${page}" "@DATA@" place)
string(SUBSTRING "${page}" 0 ${place} head)
math(EXPR place "${place} + 6")
string(SUBSTRING "${page}" ${place} -1 tail)

# In hexadecimal nothing needs a thought.
function(as_c variable text)
    string(HEX "${text}" digits)
    string(REGEX REPLACE "(..)" "\\\\x\\1" digits "${digits}")
    set(${variable} "${digits}" PARENT_SCOPE)
endfunction()
as_c(head "${head}")
as_c(tail "${tail}")
file(WRITE ${OUTPUT} "#include \"cmd/report/page.h\"\n\nconst char page_head[] = \"${head}\";\nconst char page_tail[] = \"${tail}\";\n")

-- A page in both languages, by browsers of both encodings.
dofile("bench/spike/wrk/plain.lua")

local asked, number = {}, 0
init = function()
  for _, language in ipairs({"", "/en"}) do
    for _, coding in ipairs({"br, gzip", "gzip"}) do
      wrk.headers["Accept-Encoding"] = coding
      table.insert(asked, wrk.format(nil, language .. wrk.path))
    end
  end
end
request = function()
  number = number % #asked + 1
  return asked[number]
end

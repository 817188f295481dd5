-- Each link with another string, as Facebook and mailings hang onto it.
dofile("bench/spike/wrk/plain.lua")

local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, wrk.path .. "?fbclid=Iw" .. number .. "&utm_source=zalo")
end

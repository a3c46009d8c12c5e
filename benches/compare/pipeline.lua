-- wrk script: sends `depth` requests (first argument after `--`, 16 by default) in one write.
init = function(args)
   local depth = tonumber(args[1]) or 16
   local one = wrk.format()
   requests = string.rep(one, depth)
end

request = function()
   return requests
end

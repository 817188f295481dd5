-- The same address again and again; what was counted is said in one line.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("\nSAID %d %d %d %d %d %d\n",
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end

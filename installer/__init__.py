"""Setup-time tools: fetch the embedded model, build the packages. The running app never imports this."""

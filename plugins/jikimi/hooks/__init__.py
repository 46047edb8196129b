"""The wires to the outside, one module per service: protocol, tokens, time-outs and the meaning of errors."""

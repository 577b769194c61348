"""What a company makes of a type: fields of its own, and which facts its pages show where."""

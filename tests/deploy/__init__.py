"""What deploy/ brings to a machine: checked by the tools that read it, and run as far as a folder can be one."""

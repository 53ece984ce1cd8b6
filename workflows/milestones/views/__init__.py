"""The programme on the web: the officials' boards and screens, the public board."""

"""The window around the wings: menus, bars, columns, and who hears of what."""

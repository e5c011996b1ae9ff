"""What dies, hangs, fills up or steps in between: bookings and messages go on, and are counted afterwards."""

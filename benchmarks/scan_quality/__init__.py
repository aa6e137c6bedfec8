"""How well the scan tells personal columns and spans of text from look-alikes, on made-up data with known answers."""

"""The program beside the lens: takes pictures, encodes them, and sends them to a Digi server. Knows no Django."""

VERSION = "1.0"

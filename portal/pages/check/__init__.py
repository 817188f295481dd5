"""The check "was I there?": what the page says, and the data that the phone compares with."""

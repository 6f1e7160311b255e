"""The API as its document promises it: fuzzed, walked through, and used by a client generated from the document."""

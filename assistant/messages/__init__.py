"""What people read: the words of the screens and the sentences of errors, Chinese and English."""

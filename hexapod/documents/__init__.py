"""What leaves the program: plan files, sentences, tables."""

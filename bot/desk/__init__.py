"""The desk's pages under `/desk/`: for the people who handle tickets and teach Cybo."""

"""The runner behind `./dev bench`: servers, contenders, measuring, rows, report."""

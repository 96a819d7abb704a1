"""Tables, figures, sentences and the workbook: views of the results, computing nothing again."""

SELECT * FROM given_moves SEMI JOIN given_people USING (lead)

"""Invented people's names, of mixed origins. The numbers of first and last names have no common divisor (138, 137)."""

# fmt: off
FIRST_NAMES: tuple[str, ...] = (
    "Amelia", "Aoife", "Priya", "Mei", "Sofia", "Hannah", "Grace", "Ingrid", "Fatima", "Zanele", "Chloe", "Niamh",
    "Ananya", "Yuki", "Lucia", "Emma", "Ruth", "Freya", "Leila", "Thandi", "Olivia", "Saoirse", "Kavya", "Linh",
    "Camila", "Charlotte", "Naomi", "Astrid", "Yasmin", "Amara", "Isla", "Ciara", "Divya", "Hana", "Elena", "Sarah",
    "Miriam", "Sigrid", "Noor", "Adaeze", "Ruby", "Orla", "Meera", "Jia", "Valentina", "Laura", "Esther", "Maren",
    "Samira", "Nia", "Matilda", "Roisin", "Pooja", "Xin", "Gabriela", "Megan", "Leah", "Greta", "Dalia", "Imani",
    "Harriet", "Tara", "Bianca", "Marta", "Joana", "Petra", "Katya", "Nina", "Agnes", "Clara", "Liam", "Cormac",
    "Arjun", "Wei", "Mateo", "Jack", "Noah", "Lars", "Omar", "Sipho", "Oliver", "Declan", "Rohan", "Kenji", "Diego",
    "Thomas", "Samuel", "Anders", "Karim", "Kwame", "William", "Eoin", "Vikram", "Minh", "Rafael", "George", "Daniel",
    "Henrik", "Yusuf", "Chidi", "Lachlan", "Fionn", "Nikhil", "Haruto", "Andres", "Edward", "Aaron", "Mikkel",
    "Tariq", "Tendai", "Angus", "Ronan", "Sanjay", "Jun", "Pablo", "Peter", "Isaac", "Jonas", "Hassan", "Kofi",
    "Callum", "Brendan", "Aditya", "Tuan", "Bruno", "Marcus", "Elias", "Felix", "Nabil", "Jabari", "Hamish", "Sean",
    "Rahul", "Hiro", "Javier", "Simon", "Gabriel", "Lukas",
)
# fmt: on

# fmt: off
LAST_NAMES: tuple[str, ...] = (
    "Hart", "Byrne", "Sharma", "Chen", "Moreno", "Whitfield", "Goldberg", "Lindqvist", "Haddad", "Dlamini", "Ashby",
    "Gallagher", "Iyer", "Tanaka", "Ferreira", "Caldwell", "Okafor", "Bergstrom", "Rahman", "Mensah", "Pemberton",
    "Donnelly", "Nair", "Nguyen", "Castillo", "Marlow", "Abrams", "Halvorsen", "Aziz", "Okonkwo", "Thornton", "Keane",
    "Kapoor", "Watanabe", "Ibarra", "Fairbanks", "Levin", "Nyberg", "Farouk", "Moyo", "Radcliffe", "Mulligan",
    "Desai", "Lim", "Navarro", "Hollis", "Rosen", "Dahl", "Mansour", "Banda", "Langley", "Tierney", "Reddy", "Pham",
    "Duarte", "Winslow", "Kaplan", "Solberg", "Khalil", "Asante", "Bramwell", "Kinsella", "Menon", "Sato", "Salazar",
    "Prescott", "Stein", "Engstrom", "Saleh", "Ndlovu", "Hawthorne", "Rafferty", "Bose", "Tran", "Pereira", "Ellison",
    "Adler", "Vestergaard", "Hamdan", "Boateng", "Kingsley", "Sheridan", "Chatterjee", "Mori", "Vargas", "Aldridge",
    "Weiss", "Holm", "Nasser", "Achebe", "Fenwick", "Corrigan", "Pillai", "Huang", "Acosta", "Beckett", "Fischer",
    "Sandberg", "Darwish", "Osei", "Stanhope", "Quigley", "Joshi", "Kimura", "Medina", "Tolliver", "Brandt",
    "Kjeldsen", "Qureshi", "Mbeki", "Wakefield", "Hanrahan", "Bhatt", "Ong", "Ramos", "Garrison", "Vogel", "Eklund",
    "Siddiqui", "Zulu", "Barlow", "Costello", "Kulkarni", "Vo", "Fuentes", "Norwood", "Keller", "Lund", "Bashir",
    "Eze", "Latimer", "Delaney", "Mathur", "Yamada", "Pinto", "Sutherland", "Becker",
)
# fmt: on

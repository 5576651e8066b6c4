"""Parts that invented companies are made of. Every domain ends in `.example`, which no one can register (RFC 2606)."""

# fmt: off
NAME_STARTS: tuple[str, ...] = (
    "Northgate", "Bluegum", "Harbourline", "Stonebridge", "Copperfield", "Silverbrook", "Eastmoor", "Redcliff",
    "Larkspur", "Summerhill", "Oakhaven", "Ironbark", "Brightwater", "Kestrel", "Foxglove", "Windermere", "Tamarind",
    "Greenway", "Clearview", "Meridian", "Lighthouse", "Juniper", "Ashgrove", "Millstream", "Ridgeway", "Saltmarsh",
    "Goldfinch", "Wattle", "Ferndale", "Highfield", "Castlerock", "Riverbend", "Sandstone", "Thistle", "Amberley",
    "Beacon", "Cedarwood", "Driftwood", "Elmhurst", "Fairhaven", "Glenmore", "Hawksbury", "Ivybridge", "Jacaranda",
    "Kingfisher", "Lakeshore", "Marigold", "Nightingale", "Orchard", "Peppercorn", "Quayside", "Rosewood",
    "Seabright", "Tidewater", "Upland", "Valleyfield", "Westbourne", "Yarrow", "Zephyr", "Aldergate", "Birchwood",
    "Coralbay", "Dunmore", "Evergreen", "Flintlock", "Granite", "Heathfield", "Inverloch", "Kauri", "Linden",
    "Moorland", "Newhaven", "Oldbridge", "Pinecrest", "Queensferry", "Rowan", "Starling", "Totara", "Violet",
)
# fmt: on

# What the company does: the second half of its name, and its industry as people state it.
TRADES: tuple[tuple[str, str], ...] = (
    ("Dental", "Healthcare"),
    ("Physiotherapy", "Healthcare"),
    ("Veterinary", "Healthcare"),
    ("Home Care", "Healthcare"),
    ("Optical", "Healthcare"),
    ("Accounting", "Accounting"),
    ("Bookkeeping", "Accounting"),
    ("Tax Advisory", "Accounting"),
    ("Legal", "Legal"),
    ("Conveyancing", "Legal"),
    ("Property", "Real estate"),
    ("Realty", "Real estate"),
    ("Strata", "Real estate"),
    ("Mortgages", "Financial services"),
    ("Insurance Brokers", "Financial services"),
    ("Wealth", "Financial services"),
    ("Plumbing", "Trades"),
    ("Electrical", "Trades"),
    ("Roofing", "Trades"),
    ("Solar", "Trades"),
    ("Landscapes", "Trades"),
    ("Builders", "Construction"),
    ("Joinery", "Construction"),
    ("Engineering", "Construction"),
    ("Architects", "Construction"),
    ("Logistics", "Transport"),
    ("Freight", "Transport"),
    ("Couriers", "Transport"),
    ("Outfitters", "Retail"),
    ("Homewares", "Retail"),
    ("Pet Supplies", "Retail"),
    ("Cycles", "Retail"),
    ("Skincare", "E-commerce"),
    ("Coffee", "E-commerce"),
    ("Studio", "Marketing"),
    ("Media", "Marketing"),
    ("Digital", "Marketing"),
    ("Software", "Technology"),
    ("Systems", "Technology"),
    ("Analytics", "Technology"),
    ("Training", "Education"),
    ("Tutoring", "Education"),
    ("Travel", "Hospitality"),
    ("Hotels", "Hospitality"),
    ("Catering", "Hospitality"),
    ("Recycling", "Environment"),
    ("Farms", "Agriculture"),
    ("Vineyards", "Agriculture"),
)

# Once every start has met every trade, the next round takes the next ending.
NAME_ENDINGS: tuple[str, ...] = ("", " Group", " Partners", " Collective", " Associates", " Alliance")

HEADCOUNTS: tuple[tuple[int, int, float], ...] = (  # from, to, share
    (5, 12, 0.30),
    (13, 30, 0.32),
    (31, 75, 0.22),
    (76, 150, 0.11),
    (151, 300, 0.05),
)

JOB_TITLES: tuple[str, ...] = (
    "Owner",
    "Managing Director",
    "Operations Manager",
    "Practice Manager",
    "Head of Finance",
    "Chief Executive",
    "Office Manager",
    "HR Manager",
    "Founder",
    "Finance Director",
    "Head of People",
    "General Manager",
    "Customer Service Lead",
    "Marketing Manager",
)

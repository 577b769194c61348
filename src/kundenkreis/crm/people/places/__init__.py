"""Where customers are: places by postal code and name, addresses on the map, areas.

Nothing is asked of anybody outside: the places are a table that set-up fills from what is shipped
(GeoNames, CC BY 4.0) and `kundenkreis import places` adds to.
"""

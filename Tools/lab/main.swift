print("afferent-lab")

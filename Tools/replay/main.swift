print("afferent-replay")

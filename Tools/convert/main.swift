print("afferent-convert")

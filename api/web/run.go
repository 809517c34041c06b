package web

func runPages() []page { return nil } // /runs

package web

func referencePages() []page { return nil } // /docs

package web

func importPages() []page { return nil } // a service's imports and exclusions

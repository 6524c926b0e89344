package io.nimoshake.plugin.contract;

import org.bson.BsonValue;

/** Where the document of an item is. */
public record Place(String collection, BsonValue id) {}

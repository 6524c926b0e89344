package io.nimoshake.app.check;

import io.nimoshake.app.letter.RejectedItems;
import io.nimoshake.dynamodb.back.BackSettings;

/**
 * What a comparison needs to know where MongoDB is the truth.
 *
 * @param back how documents become items
 * @param rejected items that never had a document, so that they were not deleted in MongoDB
 */
public record MongoTruth(BackSettings back, RejectedItems rejected) {}

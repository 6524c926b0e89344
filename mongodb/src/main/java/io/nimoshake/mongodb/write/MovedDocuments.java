package io.nimoshake.mongodb.write;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * The documents that only the new copy of a collection has. Where a table has several collections,
 * they are replaced one after the other, and an item may have moved from one to another since the
 * old copy. If its former collection is replaced first, it would be in none. So before that, the
 * old copy of its present collection gets its document, too.
 */
final class MovedDocuments {
  private static final int BATCH = 1_000;
  private static final int DUPLICATE_KEY = 11000;

  private final MongoCollection<RawBsonDocument> newCopy;
  private final MongoCollection<RawBsonDocument> oldCopy;

  MovedDocuments(MongoCollection<?> newCopy, MongoCollection<?> oldCopy) {
    this.newCopy = newCopy.withDocumentClass(RawBsonDocument.class);
    this.oldCopy = oldCopy.withDocumentClass(RawBsonDocument.class);
  }

  /** Adds them to the old copy. May be repeated. */
  void add() {
    List<BsonValue> ids = new ArrayList<>();
    for (RawBsonDocument document : newCopy.find().projection(Projections.include("_id"))) {
      ids.add(document.get("_id"));
      if (ids.size() == BATCH) {
        add(ids);
        ids.clear();
      }
    }
    add(ids);
  }

  private void add(Collection<BsonValue> ids) {
    Set<BsonValue> missing = new LinkedHashSet<>(ids);
    for (RawBsonDocument there :
        oldCopy.find(Filters.in("_id", ids)).projection(Projections.include("_id"))) {
      missing.remove(there.get("_id"));
    }
    if (missing.isEmpty()) {
      return;
    }
    List<RawBsonDocument> documents =
        newCopy.find(Filters.in("_id", missing)).into(new ArrayList<>());
    try {
      oldCopy.insertMany(documents, new InsertManyOptions().ordered(false));
    } catch (MongoBulkWriteException e) {
      // A unique index of the old copy may refuse what the new copy has: that waits for the swap.
      if (e.getWriteConcernError() != null
          || e.getWriteErrors().stream().anyMatch(error -> error.getCode() != DUPLICATE_KEY)) {
        throw e;
      }
    }
  }
}

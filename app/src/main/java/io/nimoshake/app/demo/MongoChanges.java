package io.nimoshake.app.demo;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** Changes the documents of the sample tables, as applications do that were switched to MongoDB. */
final class MongoChanges {
  private final MongoDatabase database;
  private final Random random = new Random(2);

  MongoChanges(MongoDatabase database) {
    this.database = database;
  }

  /** Makes a random change to a random document. */
  void change() {
    SampleTable table = SampleTable.values()[random.nextInt(SampleTable.values().length)];
    MongoCollection<BsonDocument> collection =
        database.getCollection(table.tableName(), BsonDocument.class);
    int number = random.nextInt(table.size());
    var byId = Filters.eq("_id", table.documentId(number));
    switch (random.nextInt(5)) {
      case 0 -> insert(table, collection, 3 * table.size() + random.nextInt(table.size()));
      case 1 -> collection.deleteOne(byId);
      case 2 -> collection.updateOne(byId, Updates.inc("visits", 1));
      default ->
          collection.updateOne(
              byId,
              Updates.combine(
                  Updates.set("note", "written in MongoDB: " + random.nextInt(1_000)),
                  Updates.set("sizes", List.of(36, 37 + random.nextInt(9)))));
    }
  }

  /** A document like one that is there, with another key. */
  private void insert(SampleTable table, MongoCollection<BsonDocument> collection, int number) {
    BsonDocument document = collection.find().first();
    if (document == null) {
      return;
    }
    BsonValue id = table.documentId(number);
    List<String> names = table.keyNames();
    names.forEach(name -> document.put(name, names.size() == 1 ? id : id.asDocument().get(name)));
    document.put("_id", id);
    collection.replaceOne(Filters.eq("_id", id), document, new ReplaceOptions().upsert(true));
  }
}

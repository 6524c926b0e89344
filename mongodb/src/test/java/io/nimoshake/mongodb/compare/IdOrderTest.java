package io.nimoshake.mongodb.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Sorts;
import io.nimoshake.mongodb.SharedMongo;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class IdOrderTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final List<BsonValue> IDS =
      List.of(
          BsonNull.VALUE,
          new BsonDouble(Double.NEGATIVE_INFINITY),
          new BsonInt32(-7),
          new BsonDouble(0.5),
          new BsonInt64(3_000_000_000L),
          new BsonString(""),
          new BsonString("b"),
          BsonDocument.parse("{id: 'a', at: 1}"),
          BsonDocument.parse("{id: 'a', at: 2}"),
          new BsonBinary(new byte[] {1}),
          new BsonBinary(new byte[] {1, 2}),
          new BsonObjectId(new ObjectId("000000000000000000000001")),
          BsonBoolean.FALSE,
          BsonBoolean.TRUE,
          new BsonDateTime(7),
          new BsonTimestamp(7));

  @Test
  void everythingAfterAnIdIsFoundWhateverItsType() {
    MongoCollection<BsonDocument> collection =
        MONGO.freshDatabase().getCollection("c", BsonDocument.class);
    for (BsonValue id : IDS) {
      collection.insertOne(new BsonDocument("_id", id));
    }
    List<BsonValue> sorted = ids(new BsonDocument(), collection);
    assertEquals(IDS.size(), sorted.size());
    for (BsonValue id : sorted) {
      assertEquals(
          sorted.subList(sorted.indexOf(id) + 1, sorted.size()),
          ids(IdOrder.after(id).toBsonDocument(), collection),
          id::toString);
    }
  }

  /** In MongoDB NaN is the least of all numbers; mongo-java-server puts it somewhere among them. */
  @Test
  void allOtherNumbersComeAfterNotANumber() {
    BsonDocument filter = IdOrder.after(new BsonDouble(Double.NaN)).toBsonDocument();
    assertEquals(
        BsonDocument.parse("{_id: {$gte: -Infinity}}"), filter.getArray("$or").get(0).asDocument());
  }

  private static List<BsonValue> ids(
      BsonDocument filter, MongoCollection<BsonDocument> collection) {
    return collection
        .find(filter)
        .sort(Sorts.ascending("_id"))
        .map(document -> document.get("_id"))
        .into(new ArrayList<>());
  }
}

package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ways in which servers name the index of a duplicate key. */
class DuplicateKeyTest {
  private static final TableLayout BY_KEY = TableLayout.byKey(false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "E11000 duplicate key error collection: db.c index: %s dup key: { u: 1 }",
        "E11000 duplicate key error collection: db.c index: %s dup key: { u: \"index: x dup key:\" }",
        "E11000 duplicate key error collection: db.c index: %s collation: { locale: \"en\","
            + " strength: 2 } dup key: { u: \"0x27\" }",
        "E11000 duplicate key error index: db.c.$%s  dup key: { : 1 }",
        "insertDocument :: caused by :: 11000 E11000 duplicate key error index: db.c.$%s  dup key: {"
            + " : 1.0 }",
        "E11000 duplicate key error collection: db.c index: %s",
        "Duplicate key violation on the requested collection: Index '%s'"
      })
  void theMessageNamesTheIndex(String message) {
    assertEquals(DuplicateKey.Of.ITEM, DuplicateKey.of(message.formatted("_id_"), BY_KEY));
    for (String other : List.of("u_1", "by mail", "a.b_1", "it's", "_id_1")) {
      assertEquals(
          DuplicateKey.Of.OTHER_INDEX, DuplicateKey.of(message.formatted(other), BY_KEY), other);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "Duplicate key violation on the requested collection.",
        "Duplicate key violation on the requested collection: Index '<unknown>'",
        "E11000 duplicate key error collection: db.c. Failed _id or unique index constraint.",
        "E11000"
      })
  void theMessageMayNotSay(String message) {
    assertEquals(DuplicateKey.Of.UNKNOWN, DuplicateKey.of(message, BY_KEY));
  }

  @Test
  void theKeyPatternCountsMoreThanTheMessage() {
    String message = "E11000 duplicate key error collection: db.c index: _id_ dup key: { u: 1 }";
    assertEquals(
        DuplicateKey.Of.OTHER_INDEX,
        DuplicateKey.of(writeError(message).append("keyPattern", pattern("u")), BY_KEY));
    assertEquals(
        DuplicateKey.Of.ITEM,
        DuplicateKey.of(writeError("E11000").append("keyPattern", pattern("_id")), BY_KEY));
    assertEquals(DuplicateKey.Of.ITEM, DuplicateKey.of(writeError(message), BY_KEY));
    TableLayout layout =
        new TableLayout(IdLayout.OBJECTID, true, "key", List.of("id", "at"), false);
    assertEquals(
        DuplicateKey.Of.ITEM,
        DuplicateKey.of(writeError("E11000").append("keyPattern", pattern("at", "id")), layout));
  }

  private static BsonDocument writeError(String message) {
    return new BsonDocument("errmsg", new BsonString(message));
  }

  private static BsonDocument pattern(String... fields) {
    BsonDocument pattern = new BsonDocument();
    for (String field : fields) {
      pattern.append(field, new BsonInt32(1));
    }
    return pattern;
  }
}

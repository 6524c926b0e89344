package io.nimoshake.mongodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.util.List;
import java.util.Optional;
import org.bson.BsonBinary;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;

class KeyJsonTest {
  @Test
  void aKeyHasTheNamesAndTypesOfTheSource() {
    TableSchema table = table(Type.S, Optional.of(new KeyAttribute("_id", Type.N)));
    BsonDocument key =
        new BsonDocument("a\uFF0Eb", new BsonString("x\"y")).append("pre_id", new BsonInt32(7));
    assertEquals("{\"a.b\": {\"S\": \"x\\\"y\"}, \"_id\": {\"N\": \"7\"}}", of(table, key));
  }

  @Test
  void eachEncodingOfAValueIsUnderstood() {
    assertEquals("{\"a.b\": {\"N\": \"5000000000\"}}", number(new BsonInt64(5_000_000_000L)));
    assertEquals(
        "{\"a.b\": {\"N\": \"1.50\"}}", number(new BsonDecimal128(Decimal128.parse("1.50"))));
    assertEquals("{\"a.b\": {\"N\": \"12\"}}", number(new BsonDouble(12.0)));
    assertEquals("{\"a.b\": {\"N\": \"0.1\"}}", number(new BsonDouble(0.1)));
    String digits = "1".repeat(38);
    assertEquals("{\"a.b\": {\"N\": \"" + digits + "\"}}", number(new BsonString(digits)));
    assertEquals("{\"a.b\": {\"N\": \"3\"}}", number(new BsonDocument("N", new BsonString("3"))));
    assertEquals(
        "{\"a.b\": {\"B\": \"AQI=\"}}",
        of(
            table(Type.B, Optional.empty()),
            new BsonDocument("a", new BsonBinary(new byte[] {1, 2}))));
  }

  @Test
  void aNumberThatWasRoundedDoesNotTellTheKey() {
    assertEquals(Rejected.UNKNOWN_KEY, number(new BsonDouble(1.2345678901234567e19)));
    assertEquals(Rejected.UNKNOWN_KEY, number(new BsonDouble(Double.POSITIVE_INFINITY)));
  }

  private static String number(BsonValue value) {
    return of(table(Type.N, Optional.empty()), new BsonDocument("a", value));
  }

  private static String of(TableSchema table, BsonDocument key) {
    return KeyJson.of(table, new ItemKey(DocumentBytes.of(key)));
  }

  private static TableSchema table(Type hash, Optional<KeyAttribute> range) {
    return new TableSchema("t", new KeyAttribute("a.b", hash), range, List.of(), 0, 0);
  }
}

package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.Optional;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/** Which stored keys an item of DynamoDB can have. */
class KeyLimitsTest {
  private static Optional<String> why(Type hash, BsonValue h, Type range, BsonValue r) {
    TableSchema table =
        Decode.schema(
            new KeyAttribute("h", hash), range == null ? null : new KeyAttribute("r", range));
    KeyCodec codec = new KeyCodec(table, Decode.options(ConvertType.CHANGE));
    BsonDocument key = new BsonDocument("h", h);
    if (range != null) {
      key.append("r", r);
    }
    ItemKey stored = new ItemKey(Slice.of(SlowConverter.bytes(key)));
    ItemKey source = codec.read(stored).orElseThrow();
    Optional<String> why = codec.whyNoItem(source);
    assertEquals(why.isEmpty() ? Optional.of(source) : Optional.empty(), codec.decode(stored));
    return why;
  }

  private static Optional<String> why(Type hash, BsonValue h) {
    return why(hash, h, null, null);
  }

  private static Optional<String> whySort(Type range, BsonValue r) {
    return why(Type.N, new BsonInt32(0), range, r);
  }

  private static BsonValue text(int bytes) {
    return new BsonString("\u00fc".repeat(bytes / 2) + "\"".repeat(bytes % 2));
  }

  private static BsonValue binary(int bytes) {
    return new BsonBinary(new byte[bytes]);
  }

  @Test
  void aPartitionKeyHasOneTo2048Bytes() {
    Optional<String> empty = Optional.of("h: DynamoDB does not allow an empty key");
    Optional<String> tooLong =
        Optional.of("h: DynamoDB allows 2048 bytes in a partition key, and this one has 2049");
    assertEquals(empty, why(Type.S, text(0)));
    assertEquals(Optional.empty(), why(Type.S, text(1)));
    assertEquals(Optional.empty(), why(Type.S, text(2048)));
    assertEquals(tooLong, why(Type.S, text(2049)));
    assertEquals(empty, why(Type.B, binary(0)));
    assertEquals(Optional.empty(), why(Type.B, binary(1)));
    assertEquals(Optional.empty(), why(Type.B, binary(2048)));
    assertEquals(tooLong, why(Type.B, binary(2049)));
    assertEquals(tooLong, why(Type.S, text(2049), Type.S, text(1)));
  }

  @Test
  void aSortKeyHasOneTo1024Bytes() {
    Optional<String> empty = Optional.of("r: DynamoDB does not allow an empty key");
    Optional<String> tooLong =
        Optional.of("r: DynamoDB allows 1024 bytes in a sort key, and this one has 1025");
    assertEquals(empty, whySort(Type.S, text(0)));
    assertEquals(Optional.empty(), whySort(Type.S, text(1024)));
    assertEquals(tooLong, whySort(Type.S, text(1025)));
    assertEquals(empty, whySort(Type.B, binary(0)));
    assertEquals(Optional.empty(), whySort(Type.B, binary(1024)));
    assertEquals(tooLong, whySort(Type.B, binary(1025)));
  }

  @Test
  void aNumberThatDynamoDbCannotHoldIsNoKey() {
    TableSchema table = Decode.schema(new KeyAttribute("h", Type.N), null);
    KeyCodec codec = new KeyCodec(table, Decode.options(ConvertType.CHANGE));
    for (BsonValue number :
        new BsonValue[] {
          new BsonDouble(Double.NaN),
          new BsonDouble(1e300),
          new BsonString(""),
          new BsonString("1".repeat(39))
        }) {
      ItemKey stored = new ItemKey(Slice.of(SlowConverter.bytes(new BsonDocument("h", number))));
      assertTrue(codec.read(stored).isEmpty(), number::toString);
    }
    assertEquals(Optional.empty(), why(Type.N, new BsonInt32(0)));
  }
}

package io.nimoshake.dynamodb.back;

import io.nimoshake.core.model.Slice;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import java.nio.ByteBuffer;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;

/** Tells the documents whose item depends on the item that is there. Thread-safe. */
final class Ambiguity {
  private final boolean raw;
  private final boolean doubles;
  private final boolean longTexts;
  private final AttributeNames names;

  Ambiguity(ConvertOptions options) {
    boolean change = options.type() == ConvertType.CHANGE;
    this.raw = options.type() == ConvertType.RAW;
    this.doubles = !change || options.overflow() == NumberOverflow.DOUBLE;
    this.longTexts = change && options.overflow() == NumberOverflow.STRING;
    this.names = new AttributeNames(options.names());
  }

  /**
   * Whether one has to look at the item that is there: whether the document has an array, which may
   * be a set; a number that the conversion wrote as a string, or as a double; or a name that two
   * attributes can have.
   */
  boolean isIn(Slice document) {
    try (BsonReader in =
        new BsonBinaryReader(
            ByteBuffer.wrap(document.array(), document.offset(), document.length()).slice())) {
      in.readStartDocument();
      return isInFields(in, true);
    }
  }

  private boolean isInFields(BsonReader in, boolean topLevel) {
    while (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
      String field = in.readName();
      if (topLevel && field.equals("_id")) {
        in.skipValue();
      } else if (names.isAmbiguous(field, topLevel) || isInValue(in)) {
        return true;
      }
    }
    return false;
  }

  private boolean isInValue(BsonReader in) {
    switch (in.getCurrentBsonType()) {
      case DOCUMENT -> {
        in.readStartDocument();
        if (isInFields(in, false)) {
          return true;
        }
        in.readEndDocument();
        return false;
      }
      case ARRAY -> {
        if (!raw) {
          return true;
        }
        in.readStartArray();
        while (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
          if (isInValue(in)) {
            return true;
          }
        }
        in.readEndArray();
        return false;
      }
      case DOUBLE -> {
        in.skipValue();
        return doubles;
      }
      case STRING -> {
        return DynamoNumbers.overflowing(in.readString()).isPresent() && longTexts;
      }
      default -> {
        return skip(in);
      }
    }
  }

  private static boolean skip(BsonReader in) {
    in.skipValue();
    return false;
  }
}

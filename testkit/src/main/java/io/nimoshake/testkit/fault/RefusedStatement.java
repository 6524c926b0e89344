package io.nimoshake.testkit.fault;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * A write command of which the server is not to see one statement.
 *
 * @param others the command without it, and without those after it if the command is ordered
 */
record RefusedStatement(BsonDocument others, String field, int index) {
  private static final Map<String, String> FIELDS =
      Map.of("insert", "documents", "update", "updates", "delete", "deletes");

  /**
   * @param wanted index of the statement; beyond the last one it means the last one
   * @throws IllegalArgumentException if the command is no insert, update or delete
   */
  static RefusedStatement of(BsonDocument command, int wanted) {
    String field = FIELDS.get(command.getFirstKey());
    if (field == null) {
      throw new IllegalArgumentException(command.getFirstKey() + " has no statements to refuse");
    }
    List<BsonValue> statements = command.getArray(field).getValues();
    int index = Math.min(wanted, statements.size() - 1);
    List<BsonValue> left = new ArrayList<>(statements.subList(0, index));
    if (!command.getBoolean("ordered", BsonBoolean.TRUE).getValue()) {
      left.addAll(statements.subList(index + 1, statements.size()));
    }
    BsonDocument others = command.clone();
    others.put(field, new BsonArray(left));
    return new RefusedStatement(others, field, index);
  }

  /** Whether nothing is left for the server to see. */
  boolean isOnlyOne() {
    return others.getArray(field).isEmpty();
  }

  BsonDocument emptyReply() {
    BsonDocument reply = new BsonDocument("n", new BsonInt32(0));
    if (field.equals("updates")) {
      reply.put("nModified", new BsonInt32(0));
    }
    return reply.append("ok", new BsonDouble(1));
  }

  /** The server's reply to the others, as a reply to all of them. */
  BsonDocument addTo(BsonDocument reply, int code, String message) {
    for (String indexed : List.of("writeErrors", "upserted")) {
      for (BsonValue entry : reply.getArray(indexed, new BsonArray())) {
        int at = entry.asDocument().getNumber("index").intValue();
        entry.asDocument().put("index", new BsonInt32(at < index ? at : at + 1));
      }
    }
    BsonArray errors = reply.getArray("writeErrors", new BsonArray()).clone();
    errors.add(
        new BsonDocument("index", new BsonInt32(index))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString(message)));
    errors.sort(Comparator.comparing(error -> error.asDocument().getNumber("index").intValue()));
    reply.put("writeErrors", errors);
    return reply;
  }
}

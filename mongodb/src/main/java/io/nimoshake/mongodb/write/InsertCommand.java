package io.nimoshake.mongodb.write;

import com.mongodb.MongoException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.client.MongoFaults;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Inserts documents by a command whose bytes are put together here. A bulk write of the driver
 * makes several objects and lookups of each document: a tenth of the CPU time of a copy.
 *
 * <p>This is for what almost always happens in a copy: everything is inserted. What is not, is left
 * to a bulk write, which repeats what may be repeated and says what is wrong with which document.
 *
 * <p>The server does not know that a bulk write repeats this command. If the answer was lost, the
 * command may be carried out after the bulk write. Then it finds the keys, and does nothing. That
 * would only be wrong if it came after the end of the copy, and an item was deleted before. The
 * same is true of a bulk write that is sent again after a read time-out.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/command/insert/">MongoDB Manual,
 *     insert</a>
 */
final class InsertCommand {
  /** A command may have 16 MB and 16 KB. The driver adds its own fields. */
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  private static final byte[] DOCUMENTS = "documents\0".getBytes(StandardCharsets.US_ASCII);

  private final MongoDatabase database;

  /** All fields but the documents. */
  private final RawBsonDocument fields;

  InsertCommand(MongoDatabase database, String collection) {
    this.database = database;
    BsonDocument command =
        new BsonDocument("insert", new BsonString(collection)).append("ordered", BsonBoolean.FALSE);
    if (!database.getWriteConcern().isServerDefault()) {
      command.append("writeConcern", database.getWriteConcern().asDocument());
    }
    this.fields = new RawBsonDocument(command, new BsonDocumentCodec());
  }

  /**
   * A document that is not inserted, or nobody knows.
   *
   * @param index in the list that was given
   * @param error the element of {@code writeErrors}; empty if the whole command failed
   */
  record Left(int index, Optional<BsonDocument> error) {}

  /**
   * Inserts documents, in any order.
   *
   * @return the others
   * @throws MongoException if the server could not be asked, or has too much to do: then nobody may
   *     send the same at once
   */
  List<Left> insert(List<BsonSplice.Pair> documents) {
    if (documents.isEmpty()) {
      return List.of();
    }
    long bytes = bytes(documents);
    if (bytes > MAX_BYTES) {
      return all(documents);
    }
    BsonDocument reply;
    try {
      reply =
          database.runCommand(
              new RawBsonDocument(command(documents, (int) bytes)), BsonDocument.class);
    } catch (MongoSocketReadTimeoutException e) {
      throw e;
    } catch (MongoServerException | MongoSocketException e) {
      if (MongoFaults.of(e, "") instanceof Fault.Throttled) {
        throw e;
      }
      // The bulk write gets the same error, and can repeat it or say what is wrong.
      return all(documents);
    }
    if (reply.containsKey("writeConcernError")) {
      return all(documents);
    }
    List<Left> left = new ArrayList<>();
    for (BsonValue element : reply.getArray("writeErrors", new BsonArray())) {
      BsonDocument error = element.asDocument();
      int code = error.getNumber("code").intValue();
      MongoException refusal =
          new MongoException(code, error.getString("errmsg", new BsonString("")).getValue());
      if (MongoFaults.of(refusal, "") instanceof Fault.Throttled) {
        throw refusal;
      }
      left.add(new Left(error.getNumber("index").intValue(), Optional.of(error)));
    }
    return left;
  }

  private static List<Left> all(List<BsonSplice.Pair> documents) {
    List<Left> left = new ArrayList<>();
    for (int i = 0; i < documents.size(); i++) {
      left.add(new Left(i, Optional.empty()));
    }
    return left;
  }

  private long bytes(List<BsonSplice.Pair> documents) {
    long bytes = fields.getByteBuffer().remaining() + 1 + DOCUMENTS.length + 4 + 1;
    for (int i = 0; i < documents.size(); i++) {
      bytes += 1 + digits(i) + 1 + documents.get(i).bytes();
    }
    return bytes;
  }

  private static int digits(int index) {
    int digits = 1;
    for (int rest = index / 10; rest > 0; rest /= 10) {
      digits++;
    }
    return digits;
  }

  /** An array is a document whose names are 0, 1, 2 and so on. */
  private byte[] command(List<BsonSplice.Pair> documents, int bytes) {
    ByteBuffer command = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    command.put(fields.getByteBuffer().asNIO());
    command.putInt(0, bytes);
    // Over the zero that ends the fields.
    command.position(command.position() - 1);
    command.put((byte) BsonType.ARRAY.getValue()).put(DOCUMENTS);
    command.putInt(bytes - command.position() - 1);
    for (int i = 0; i < documents.size(); i++) {
      command.put((byte) BsonType.DOCUMENT.getValue());
      putName(command, i);
      documents.get(i).putTo(command);
    }
    return command.put((byte) 0).put((byte) 0).array();
  }

  private static void putName(ByteBuffer command, int index) {
    int digits = digits(index);
    int at = command.position() + digits;
    command.put(at, (byte) 0);
    for (int rest = index, i = at - 1; i >= at - digits; rest /= 10, i--) {
      command.put(i, (byte) ('0' + rest % 10));
    }
    command.position(at + 1);
  }
}

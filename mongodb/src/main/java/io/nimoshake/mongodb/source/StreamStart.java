package io.nimoshake.mongodb.source;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.client.MongoConnection;
import io.nimoshake.mongodb.client.MongoFaults;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.Document;

/**
 * Where a change stream has to start so that it tells of every change made from now on. It is taken
 * before the applications are told to switch to MongoDB.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/changeStreams/">MongoDB Manual, Change
 *     Streams</a>
 */
public final class StreamStart {
  /** Location40573: the stage $changeStream is only supported on replica sets. */
  private static final int STANDALONE = 40573;

  private static final int UNAUTHORIZED = 13;

  /** Location40324: an aggregation stage that the server does not know. */
  private static final Set<Integer> NO_SUCH_STAGE = Set.of(40324, 59, 115, 168, 238);

  private StreamStart() {}

  /**
   * The position of this moment, as a token for {@link StreamPosition}. Every change of the
   * database that begins after this call comes after it. Changes nothing.
   *
   * @throws Fault.Fatal if the server has no change streams, or does not show them to the user: the
   *     message is one line and says what would be right
   */
  public static String now(String uri, String database) throws Fault {
    try (MongoClient client = MongoConnection.open(uri)) {
      return now(client, database);
    }
  }

  static String now(MongoClient client, String database) throws Fault {
    String doing = "reading the change streams of MongoDB database " + database;
    try {
      return StreamPosition.format(open(client.getDatabase(database), doing));
    } catch (MongoCommandException e) {
      throw refused(e, database, doing);
    } catch (MongoException e) {
      throw MongoFaults.of(e, doing);
    }
  }

  private static StreamPosition open(MongoDatabase database, String doing) throws Fault {
    BsonDocument reply =
        database.runCommand(
            new Document("aggregate", 1)
                .append("pipeline", List.of(new Document("$changeStream", new Document())))
                .append("cursor", new Document("batchSize", 0)),
            BsonDocument.class);
    BsonDocument cursor = reply.getDocument("cursor");
    if (cursor.getNumber("id").longValue() != 0) {
      database.runCommand(
          new Document("killCursors", "$cmd.aggregate")
              .append("cursors", List.of(cursor.getNumber("id").longValue())));
    }
    if (cursor.containsKey("postBatchResumeToken")) {
      return new StreamPosition.Token(cursor.getDocument("postBatchResumeToken"));
    }
    if (reply.containsKey("operationTime")) {
      return new StreamPosition.Time(reply.getTimestamp("operationTime"));
    }
    throw tooOld(doing, null);
  }

  private static Fault refused(MongoCommandException e, String database, String doing) {
    int code = e.getErrorCode();
    if (code == STANDALONE) {
      return new Fault.Fatal(
          doing
              + ": this is a standalone server, which has no change streams. The way back needs a"
              + " replica set (one member is enough) or a sharded cluster",
          e);
    }
    if (code == UNAUTHORIZED) {
      return new Fault.Fatal(
          doing
              + ": the user may not do that. Grant the user the role read on database "
              + database
              + ", or the actions find and changeStream on all of its collections",
          e);
    }
    return NO_SUCH_STAGE.contains(code) ? tooOld(doing, e) : MongoFaults.of(e, doing);
  }

  private static Fault tooOld(String doing, Throwable cause) {
    return new Fault.Fatal(
        doing + ": this server has none, or is too old. The way back needs MongoDB 4.2 or newer",
        cause);
  }
}

package io.nimoshake.testkit.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;

/** Whoever reads from mongo-java-server gets whole documents, whatever is written meanwhile. */
class SteadyRepliesTest {
  private static final int DOCUMENTS = 2_000;
  private static final int READS = 150;

  @Test
  void aDocumentIsWholeWhileItIsUpdated() {
    AtomicBoolean over = new AtomicBoolean();
    try (MongoServer server = MongoServer.start();
        MongoClient client = MongoClients.create(server.uri())) {
      MongoCollection<Document> orders = client.getDatabase("db").getCollection("orders");
      orders.insertMany(IntStream.range(0, DOCUMENTS).mapToObj(this::order).toList());
      List<CompletableFuture<Void>> writers =
          IntStream.range(0, 3)
              .mapToObj(seed -> CompletableFuture.runAsync(() -> update(orders, seed, over)))
              .toList();
      try {
        for (int i = 0; i < READS; i++) {
          int whole = 0;
          // More than one reply: what is sent later may be changed meanwhile.
          for (Document order : orders.find().batchSize(DOCUMENTS / 4)) {
            whole += order.containsKey("text") ? 1 : 0;
          }
          assertEquals(DOCUMENTS, whole);
        }
      } finally {
        over.set(true);
        writers.forEach(CompletableFuture::join);
      }
    }
  }

  private Document order(int id) {
    return new Document("_id", id).append("text", "x".repeat(100));
  }

  private static void update(MongoCollection<Document> orders, int seed, AtomicBoolean over) {
    Random random = new Random(seed);
    while (!over.get()) {
      orders.bulkWrite(
          IntStream.range(0, 50)
              .mapToObj(
                  i ->
                      new UpdateOneModel<Document>(
                          Filters.eq(random.nextInt(DOCUMENTS)),
                          change(random.nextInt(10), random.nextBoolean())))
              .toList());
    }
  }

  private static Bson change(int field, boolean set) {
    return set ? Updates.set("field" + field, 1) : Updates.unset("field" + field);
  }
}

package io.nimoshake.testkit.sim;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.SplitReader;
import java.util.List;
import java.util.Optional;

/** The source of the way back: which tables there are, and their change streams. */
final class BackSource {
  private final SimLoop loop;
  private final SimFaults faults;
  private final SimWrongAnswers wrong;
  private final BackMongo mongo;
  private final BackTables dynamo;
  private final boolean showsOplog;

  BackSource(
      SimLoop loop,
      SimFaults faults,
      SimWrongAnswers wrong,
      BackMongo mongo,
      BackTables dynamo,
      boolean showsOplog) {
    this.loop = loop;
    this.faults = faults;
    this.wrong = wrong;
    this.mongo = mongo;
    this.dynamo = dynamo;
    this.showsOplog = showsOplog;
  }

  SimProcess.Reads connect() {
    return new Connection();
  }

  private final class Connection implements SimProcess.Reads {
    private final SimReaders readers = new SimReaders(loop);

    @Override
    public SimReaders readers() {
      return readers;
    }

    @Override
    public List<String> listTables() throws Fault {
      faults.before("listTables");
      return dynamo.tables.keySet().stream()
          .sorted()
          .filter(name -> dynamo.table(name).exists && !wrong.isWrong("listing " + name))
          .toList();
    }

    @Override
    public TableSchema describe(String table) throws Fault {
      faults.before("describe " + table);
      if (!dynamo.table(table).exists || wrong.isWrong("describing " + table)) {
        throw new Fault.TableGone("describe " + table + ": there is no such table", null);
      }
      return new TableSchema(
          table,
          new KeyAttribute("k", KeyAttribute.Type.S),
          Optional.empty(),
          List.of(),
          100,
          10_000);
    }

    @Override
    public Optional<StreamHandle> ensureStream(String table) throws Fault {
      return currentStream(table).map(handle -> handle.from(Long.toString(mongo.newest())));
    }

    @Override
    public Optional<StreamHandle> currentStream(String table) throws Fault {
      faults.before("currentStream " + table);
      boolean known = showsOplog && mongo.oldest() <= mongo.newest();
      return Optional.of(
          new StreamHandle(
              "change stream",
              true,
              mongo.time(),
              known ? Optional.of(mongo.entry(mongo.oldest()).time()) : Optional.empty()));
    }

    @Override
    public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf) {
      throw new SimFailure("a change stream has no shards");
    }

    @Override
    public SplitReader open(Split split, Position from) throws Fault {
      faults.before("open " + split.id());
      Runnable onClose = readers.open(split, from);
      if (split instanceof Split.Documents documents) {
        return new BackDocumentsReader(documents, from, mongo, loop, faults, onClose);
      } else if (split instanceof Split.Leftovers leftovers) {
        return new BackLeftoversReader(
            leftovers,
            from,
            dynamo.table(split.table()).items,
            BackTables::hadNoDocument,
            mongo,
            loop,
            faults,
            onClose);
      }
      return new BackReader(split.table(), from, mongo, loop, faults, wrong, onClose);
    }

    @Override
    public void close() {}
  }
}

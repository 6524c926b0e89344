package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.testkit.sim.BackMongo.Doc;
import io.nimoshake.testkit.sim.BackMongo.Entry;
import io.nimoshake.testkit.sim.BackMongo.Table;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What must hold at the end of a run of the way back. Throws {@link SimFailure} if it does not. */
final class BackChecks {
  private final BackScenario scenario;
  private final SyncOptions options;
  private final BackMongo mongo;
  private final BackTables dynamo;
  private final BackPromises promises;

  /** Tables that were deleted in DynamoDB; live. */
  private final Set<String> deleted;

  BackChecks(
      BackScenario scenario,
      SyncOptions options,
      BackMongo mongo,
      BackTables dynamo,
      BackPromises promises,
      Set<String> deleted) {
    this.scenario = scenario;
    this.options = options;
    this.mongo = mongo;
    this.dynamo = dynamo;
    this.promises = promises;
    this.deleted = deleted;
  }

  /** A table may fail only for a reason that is there. */
  void mayFail(String name, Fault fault) {
    Table table = mongo.tables.get(name);
    boolean may;
    if (table == null) {
      may = name.equals(BackSimulation.NOT_COPIED);
    } else if (fault instanceof Fault.TableGone) {
      may = deleted.contains(name);
    } else if (fault instanceof Fault.Gap) {
      // Everything before the gap has arrived: the stored position is right before it.
      boolean lost = !mongo.reaches(promises.position(table));
      may =
          lost && !options.onGap().resyncs()
              || promises.next(table).filter(entry -> entry.ends(table)).isPresent();
    } else {
      may =
          fault instanceof Fault.Poison
              ? !scenario.deadLetters() && mayBePoison(table)
              : options.onGap().resyncs() && !table.collections().stream().allMatch(mongo::exists);
    }
    if (!may) {
      throw new SimFailure(name + " has failed without a reason: " + fault);
    }
  }

  private boolean mayBePoison(Table table) {
    if (promises.isCopying(table)) {
      return true;
    }
    for (long number = promises.position(table) + 1; number <= mongo.newest(); number++) {
      Entry entry = mongo.entry(number);
      boolean poison = entry.now().filter(doc -> doc.unfit() || doc.table().isEmpty()).isPresent();
      if (entry.concerns(table) && poison) {
        return true;
      }
    }
    return false;
  }

  /**
   * Every table that has not failed is equal to its documents.
   *
   * @return how many have failed
   */
  int equal(Map<String, TableState> states) {
    int failed = 0;
    for (Table table : mongo.tables.values()) {
      TableState state = states.get(table.name());
      if (state == TableState.FAILED) {
        failed++;
      } else if (state != null) {
        checkEqual(table);
      }
    }
    return failed;
  }

  private void checkEqual(Table table) {
    TreeMap<String, Long> found = new TreeMap<>(dynamo.table(table.name()).items);
    TreeMap<String, Doc> documents = mongo.items(table);
    for (Doc doc : documents.values()) {
      if (!doc.unfit()) {
        Long item = found.remove(doc.key());
        if (item == null || item != doc.version()) {
          throw new SimFailure(
              table.name() + ": " + doc + " in MongoDB, @" + item + " in DynamoDB");
        }
      } else if (promises.isDeadLetter(table, doc.key(), doc.version())) {
        found.remove(doc.key());
      } else {
        throw new SimFailure(table.name() + ": " + doc + " is neither stored nor rejected");
      }
    }
    found.keySet().removeIf(BackTables::hadNoDocument);
    if (!found.isEmpty()) {
      throw new SimFailure(table.name() + ": only in DynamoDB: " + found);
    }
  }
}

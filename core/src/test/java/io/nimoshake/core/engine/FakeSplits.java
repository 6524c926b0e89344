package io.nimoshake.core.engine;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.port.Target.Existing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Runs no split: notes what it is asked, and tells that splits have stopped when a test says so.
 */
final class FakeSplits implements SplitRunner {
  final List<String> asked = new ArrayList<>();
  final Map<String, Runnable> stopping = new LinkedHashMap<>();
  final List<Runnable> stoppingAll = new ArrayList<>();

  /** Runs within the next {@link #add}. */
  Runnable duringAdd = () -> {};

  @Override
  public void tablePrepared(TableSchema schema, Existing existing) {
    asked.add("prepared " + schema.name() + " " + existing);
  }

  @Override
  public Runnable add(Command.StartSplit command) {
    asked.add("add " + command.split().id());
    Runnable meanwhile = duringAdd;
    duringAdd = () -> {};
    meanwhile.run();
    return () -> asked.add("begin " + command.split().id());
  }

  @Override
  public void deleteForReal(String table, BooleanSupplier wanted, Runnable done) {
    if (!wanted.getAsBoolean()) {
      return;
    }
    asked.add("deleteForReal " + table);
    done.run();
  }

  @Override
  public void stop(String table, Runnable stopped) {
    asked.add("stop " + table);
    stopping.put(table, stopped);
  }

  @Override
  public void stopAll(Runnable stopped) {
    asked.add("stop all");
    stoppingAll.add(stopped);
  }
}

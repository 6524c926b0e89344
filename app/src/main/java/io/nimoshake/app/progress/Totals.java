package io.nimoshake.app.progress;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * The numbers of all tables together. A sum is the sum of the tables' numbers.
 *
 * @param states how many tables are in each state; states without a table are absent
 * @param copiedTables tables whose items are all in the target
 * @param failedTables tables that were given up
 * @param progress how much of all copies is done, from 0 to 1; a table counts by its items
 * @param secondsLeft how long all copies together will still take; empty if that is not known
 * @param furthestBehind the table with the largest lag
 * @param leastHeadroom the table with the least headroom
 */
public record Totals(
    long tables,
    Map<ShownState, Long> states,
    long copiedTables,
    long failedTables,
    long items,
    long copied,
    long changes,
    double progress,
    Rate rate,
    OptionalLong secondsLeft,
    Optional<TableNumbers> furthestBehind,
    Optional<TableNumbers> leastHeadroom,
    long retries,
    long throttles,
    long rejected) {
  static Totals of(List<TableNumbers> tables) {
    Map<ShownState, Long> states = new EnumMap<>(ShownState.class);
    tables.forEach(table -> states.merge(table.state(), 1L, Long::sum));
    Rate rate = tables.stream().map(TableNumbers::rate).reduce(Rate.NONE, Rate::plus);
    return new Totals(
        tables.size(),
        states,
        tables.stream().filter(TableNumbers::isCopied).count(),
        states.getOrDefault(ShownState.FAILED, 0L),
        sum(tables, TableNumbers::items),
        sum(tables, TableNumbers::copied),
        sum(tables, TableNumbers::changes),
        progress(tables),
        rate,
        secondsLeft(tables, rate.copy()),
        tables.stream()
            .filter(table -> table.lag().isPresent())
            .max(Comparator.comparing(table -> table.lag().get())),
        tables.stream()
            .filter(table -> table.headroom().isPresent())
            .min(Comparator.comparing(table -> table.headroom().get())),
        sum(tables, TableNumbers::retries),
        sum(tables, TableNumbers::throttles),
        sum(tables, TableNumbers::rejected));
  }

  /** Whether every table is copied, and none has failed. */
  public boolean isCopied() {
    return tables > 0 && copiedTables == tables;
  }

  private static double progress(List<TableNumbers> tables) {
    if (tables.isEmpty()) {
      return 0;
    }
    long items = sum(tables, TableNumbers::ofThisCopy);
    double done = 0;
    boolean all = true;
    for (TableNumbers table : tables) {
      double weight = items == 0 ? 1.0 / tables.size() : table.ofThisCopy() / (double) items;
      done += table.progress() * weight;
      all &= table.progress() == 1;
    }
    return all ? 1 : Math.min(Fraction.MOST_WHILE_COPYING, done);
  }

  private static OptionalLong secondsLeft(List<TableNumbers> tables, double rate) {
    double left = 0;
    for (TableNumbers table : tables) {
      if (!table.table().plan().state().isOver()) {
        left += (1 - table.progress()) * table.ofThisCopy();
      }
    }
    return left > 0 && rate >= TableNumbers.LEAST_RATE
        ? OptionalLong.of(Math.round(left / rate))
        : OptionalLong.empty();
  }

  private static long sum(List<TableNumbers> tables, ToLongFunction<TableNumbers> number) {
    return tables.stream().mapToLong(number).sum();
  }
}

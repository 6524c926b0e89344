/** The data of a sync: immutable values that check themselves. Imports nothing of this project. */
package io.nimoshake.core.model;

#include "broker/core/block_pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace mq::broker {
namespace {

TEST(BlockPool, GivesTheSameBlockAgain) {
    BlockPool pool;
    const BlockPool::Use use(pool);
    void* first = BlockPool::take(300);
    BlockPool::give_back(first, 300);
    EXPECT_GE(pool.kept_bytes(), 300U);
    void* again = BlockPool::take(297);  // of the same class
    EXPECT_EQ(again, first);
    EXPECT_EQ(pool.kept_bytes(), 0U);
    BlockPool::give_back(again, 297);
}

TEST(BlockPool, BlocksOfAllSizesHoldWhatWasAskedFor) {
    BlockPool pool;
    const BlockPool::Use use(pool);
    const std::size_t most = BlockPool::block_bytes_max + 5;
    for (int round = 0; round < 2; ++round) {  // from the heap, then from the pool
        for (std::size_t size = 0; size < most; size += size < 2100 ? 1 : 997) {
            void* block = BlockPool::take(size);
            std::memset(block, 0x5A, size);  // AddressSanitizer sees one that is too small
            BlockPool::give_back(block, size);
        }
    }
}

TEST(BlockPool, WhatWasTakenElsewhereMayBeGivenBackHere) {
    void* before = BlockPool::take(100);
    BlockPool pool;
    void* within = nullptr;
    {
        const BlockPool::Use use(pool);
        BlockPool::give_back(before, 100);
        EXPECT_GT(pool.kept_bytes(), 0U);
        within = BlockPool::take(2000);
    }
    BlockPool::give_back(within, 2000);
    EXPECT_LT(pool.kept_bytes(), 2000U);
}

TEST(BlockPool, KeepsNoMoreThanItMay) {
    BlockPool pool;
    const BlockPool::Use use(pool);
    const std::size_t size = BlockPool::block_bytes_max;
    std::vector<void*> blocks(BlockPool::kept_bytes_max / size + 10);
    for (void*& block : blocks) {
        block = BlockPool::take(size);
    }
    for (void* block : blocks) {
        BlockPool::give_back(block, size);
    }
    EXPECT_EQ(pool.kept_bytes(), BlockPool::kept_bytes_max);
    EXPECT_EQ(BlockPool::trim_own(), BlockPool::kept_bytes_max);
    EXPECT_EQ(pool.kept_bytes(), 0U);
}

TEST(BlockPool, GivesBackWhatNobodyHasNeeded) {
    BlockPool pool;
    const BlockPool::Use use(pool);
    void* one = BlockPool::take(64);
    void* two = BlockPool::take(64);
    BlockPool::give_back(one, 64);
    BlockPool::give_back(two, 64);
    const std::size_t both = pool.kept_bytes();

    EXPECT_TRUE(pool.trim_unused());  // they were in use a moment ago
    EXPECT_EQ(pool.kept_bytes(), both);
    BlockPool::give_back(BlockPool::take(64), 64);
    EXPECT_TRUE(pool.trim_unused());  // one of them was not
    EXPECT_EQ(pool.kept_bytes(), both / 2);
    EXPECT_FALSE(pool.trim_unused());
    EXPECT_EQ(pool.kept_bytes(), 0U);
}

}  // namespace
}  // namespace mq::broker

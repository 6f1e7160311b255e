.DEFAULT_GOAL := help
.PHONY: help run admin role test test-a11y test-contract test-faults bench-stack bench-micro bench-scale bench-workers screenshots lint clean

help: ## 명령 목록 · this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: ## 사이트 열기 · serve the site (HOST=127.0.0.1 PORT=8000)
	@scripts/run.sh

admin: ## 관리자 만들기 · make an admin account
	@scripts/admin.sh createsuperuser

role: ## 역할 주기 · let an account into the admin (EMAIL=… ROLE=curator, lead_curator or operator)
	@scripts/admin.sh role give "$(EMAIL)" "$(ROLE)"

test: ## 모든 검사 · lint, then the whole suite on SQLite and PostgreSQL
	@scripts/test.sh

test-a11y: ## 누구나 쓸 수 있는지 · accessibility and weight of every page, in a browser
	@scripts/test.sh tests/e2e/test_accessibility.py tests/e2e/test_transfer.py

test-contract: ## API와 문서가 같은지 · schemathesis against the real site on PostgreSQL (EXAMPLES=500 an operation)
	@scripts/tool.sh tests.contract.fuzz --examples $(or $(EXAMPLES),500)

test-faults: ## 무엇이 꺼져도 글이 남는지 · kill -9 of every part of the site under write load (ROUNDS=50 SEED=…)
	@scripts/tool.sh tests.faults.rounds --rounds $(or $(ROUNDS),50) $(if $(SEED),--seed $(SEED))

bench-workers: ## 일꾼 둘이 하나보다 얼마나 빠른지 · two Celery workers beside one, with a model of BERT's size
	@scripts/tool.sh benchmarks.workers --rounds $(or $(ROUNDS),4) --entries $(or $(ENTRIES),12)

bench-stack: ## 원작의 구성과 나란히 재기 · the original's stack beside ours: start, memory, speed
	@scripts/tool.sh benchmarks.stack --requests $(or $(REQUESTS),100)

bench-micro: ## 가장 작은 서버에서 · the whole site under load in 1 GiB on one core (MINUTES=5)
	@scripts/tool.sh benchmarks.micro --minutes $(or $(MINUTES),5)

bench-scale: ## 백만 명이 쓸 때 · what a million people with ten million entries ask for, beside a thousand (SCALE=0.01 for less)
	@scripts/tool.sh benchmarks.scale --scale $(or $(SCALE),1) --rounds $(or $(ROUNDS),200)

screenshots: ## 모든 화면 찍기 · a picture of every page into docs/screenshots
	@scripts/tool.sh tests.pages.screenshots docs/screenshots

lint: ## 문체와 타입 검사 · style, format and types
	@scripts/lint.sh

clean: ## 다시 만들 수 있는 것만 지우기 · remove what can be made again; the database and the secret stay
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis var/static var/static.stamp var/log
	@find . -name __pycache__ -prune -exec rm -rf {} +
